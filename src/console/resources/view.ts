import type { Managed } from '../../administration/managed.ts';
import type { Condition } from '../../resources/field.ts';
import type { Json, ResourceRecord } from '../../resources/resource.ts';
import type { IconName } from '../components/icon.ts';
import type { Cell, Column } from '../components/table.ts';
import type { ConsoleContext } from '../context.ts';
import type { Done } from '../done.ts';
import type { Html } from '../html.ts';
import type { FormDiscovery } from './discovery.ts';

/** What is peculiar to the pages of one resource. All else follows from the resource itself. */
export interface ResourceView<R extends ResourceRecord = ResourceRecord> {
  picture: IconName;
  /** One sentence under the title: what all this is for. */
  lead?: string;
  /** What it means that there is none yet, and what to do. */
  empty?: string;
  /** What tells a record from others beside its name. */
  detailOf?(record: R): string;
  /** What whoever chooses it should know. */
  remarkOf?(record: R): string | null;
  /** Columns of the list after the first, in place of those that the fields have. */
  columns?(): Promise<RecordColumn<R>[]>;
  form?: FormView<R>;
  /** What its page has beside the settings; it lives. */
  page?(c: ConsoleContext, record: R): Promise<RecordPage>;
  /** What its page shows when it is opened, and not again. */
  once?(c: ConsoleContext, record: R): Html | null;
}

export interface RecordColumn<R extends ResourceRecord = ResourceRecord> extends Column {
  cell(record: R): Cell;
}

/** The form of a resource, where it says more than its fields. */
export interface FormView<R extends ResourceRecord = ResourceRecord> {
  /** What the button of a new one says, where it does more than to save. */
  submit?: string;
  /** Fields of a record that other pages ask for. */
  elsewhere?(record: R | null): string[];
  /** What whoever changes a record should know. */
  leadOf?(record: R): Html | string | null;
  /** Shown above a new form while the condition holds. */
  note?: { when: Condition; html(c: ConsoleContext): Html };
  /** Shown below the form. */
  after?: Html;
  /** A new one is filled in by a mail address. */
  discovery?: FormDiscovery;
  /** What happens with a new record before its page is shown, and what that says was done. */
  created?(c: ConsoleContext, record: R & Json): Done | undefined;
}

/** The page of a record: under its title, beside it, and before and after its settings. */
export interface RecordPage {
  lead?: Html;
  actions?: Html;
  above?: Html;
  below?: Html;
}

/** A resource as the console shows it. */
export interface ShownResource {
  records: Managed<ResourceRecord>;
  view: ResourceView;
}

/** A record that its own fields know better. */
export function asJson(record: ResourceRecord): Json {
  return record as unknown as Json;
}
