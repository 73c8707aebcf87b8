/**
 * Names that mailers write for charsets, beside those that iconv-lite knows: labels of the WHATWG Encoding standard,
 * names of Python, Java, .NET, old Outlook and Lotus. Keys are in lower case, without `x-`, and of letters and digits only.
 */
const names: Readonly<Record<string, string>> = {
  'utf-8': 'utf8 utf u8 utf8n utf8sig utf8mb3 utf8mb4 utf8bom unicode11utf8 unicode20utf8 csutf8',
  'utf-7': 'utf7 u7 unicode11utf7 csunicode11utf7 csutf7',
  'cesu-8': 'cesu8 cscesu8 utf8mac',
  'utf-16': 'utf16 u16 ucs2 csunicode unicode iso10646ucs2 csutf16',
  'utf-16le': 'utf16le unicodefeff unicodelittle csutf16le utf16lelittleendian',
  'utf-16be': 'utf16be unicodefffe unicodebig csutf16be bigendianunicode',
  'utf-32': 'utf32 u32 ucs4 iso10646ucs4 csucs4 csutf32',
  'utf-32le': 'utf32le ucs4le csutf32le',
  'utf-32be': 'utf32be ucs4be csutf32be',
  gbk: 'gb gb2312 gb23121980 gb231280 csgb2312 csiso58gb231280 isoir58 chinese gbk csgbk eucgb2312cn euccn cngb gb23121 gb1988 mswin936 macchinesesimp',
  gb18030: 'gb18030 gb180302000 gb180302005 gb180302022 csgb18030',
  big5: 'big5 csbig5 big5tw big5hkscs hkscs big5hk cnbig5 chineseeten macchinesetrad xbig5 mswin950 big5solaris',
  'hz-gb-2312': 'hz hzgb hzgb2312 hz8',
  'iso-2022-kr': 'iso2022kr csiso2022kr',
  'iso-2022-cn': 'iso2022cn iso2022cnext csiso2022cn iso2022cngb iso2022cncns',
  'iso-2022-jp':
    'iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jp2004 iso2022jpext iso2022jpms csiso2022jp csiso2022jp2 junet jis jis7 jisencoding csjisencoding',
  'euc-jp':
    'eucjp ujis cseucpkdfmtjapanese eucjpms eucjpwin eucjplinux eucjpopen eucjis2004 eucjisx0213 eucjisx2004 jisx0208',
  shift_jis:
    'shiftjis sjis csshiftjis mskanji windows31j cswindows31j pck shiftjis2004 sjis2004 shiftjisx0213 sjisx0213 sjis0213 macjapanese sjiswin',
  cp949:
    'euckr cseuckr korean ksc5601 ksc56011987 ksc56011989 csksc56011987 isoir149 ksx1001 uhc mackorean eucwansung wansung',
  'iso-8859-15': 'csisolatin9 latin9 l9 isolatin9 latin0 l0',
  'iso-8859-16': 'latin10 l10 csiso885916',
  'iso-8859-7': 'suneugreek greek8 greek elot928 ecma118 csisolatingreek isoir126',
  'iso-8859-6': 'asmo708 arabic ecma114 csisolatinarabic isoir127',
  'windows-874': 'dos874 isoir166 thai thai8',
  'windows-1250': 'msee',
  'windows-1251': 'mscyrl ansi1251',
  'windows-1252': 'msansi ansi winansi ansinew isolatin1windows31latin1 iso88591windows31latin1',
  'windows-1253': 'msgreek',
  'windows-1254': 'msturk isoir148 csisolatin5 iso885991989 l5 latin5turkish',
  'windows-1255': 'mshebr',
  'windows-1256': 'msarab',
  'windows-1257': 'winbaltrim',
  'koi8-r': 'koi koi8 cskoi8r',
  'koi8-ru': 'koi8u koi8ru',
  macintosh: 'mac csmacintosh macroman',
  maccenteuro: 'macce maccentraleurope maclatin2',
  maciceland: 'macicelandic',
  macromania: 'macromanian',
  macukraine: 'macukrainian',
  // They say nothing about the bytes.
  unknown:
    'autodetectall userdefined defaultcharset unknown unknown8bit unknown7bit default na none null undefined auto charset ia5 ia5string iso646 usascii7 ascii7',
  autodetect: 'autodetect autodetectjp',
  'autodetect-kr': 'autodetectkr',
};

/** By the numbers of Windows and IBM, which come as `cp`, `ibm`, `ms`, `windows`, `dos` or bare; and by those of fonts. */
const codePages: Readonly<Record<string, string>> = {
  shift_jis: '932 942 943 31932 128',
  gbk: '936 134 1381 1383 1386 20936 51936',
  cp949: '949 129 970 1363 20949 51949',
  big5: '950 136 1370 20000 20002',
  'euc-jp': '20932 33722 51932',
  'iso-2022-jp': '50220 50221 50222',
  'iso-2022-kr': '50225',
  'iso-2022-cn': '50227 50229',
  'hz-gb-2312': '52936',
  gb18030: '54936',
  'utf-7': '65000',
  'utf-8': '65001 1208',
  'utf-16le': '1200 1202',
  'utf-16be': '1201',
  'utf-32le': '12000',
  'utf-32be': '12001',
  'koi8-r': '20866 878',
  'koi8-ru': '21866 1168',
  'windows-874': '874 1162 222',
  'windows-1250': '238',
  'windows-1251': '204',
  'windows-1253': '161',
  'windows-1254': '162',
  'windows-1255': '177',
  'windows-1256': '178',
  'windows-1257': '186',
  'iso-8859-1': '28591 819',
  'iso-8859-8': '38598 916',
  'iso-8859-2': '912',
  'iso-8859-5': '915',
  'iso-8859-7': '813',
  'iso-8859-9': '920',
  'iso-8859-15': '923',
  macintosh: '10000',
  maccyrillic: '10007',
  maccenteuro: '10029',
  'us-ascii': '20127 367 20105',
};

const byName = invert(names);
const byNumber = invert(codePages);

/** In the form in which most of Letterbox calls a charset that is written `declared`; as written where that is not known. */
export function charsetName(declared: string): string {
  // What stands behind the name was meant for something else: `iso-8859-1; format=flowed`, `_iso-2022-jp$ESC`.
  const written = /[^\s"'=;,]+/.exec(declared.replace(/^[\s"']*charset\s*=/i, ''))?.[0].toLowerCase() ?? '';
  const name = written.replace(/^_(?=iso)|\$.*$|http-equiv.*$/g, '');
  const plain = name.replace(/^x-(?:x-)?/, '').replace(/[^a-z0-9]/g, '');
  const number = /^(?:cp|ibm|ms|win|windows|dos|codepage|ccsid)?0*(\d{3,5})[a-z]?$/.exec(plain)?.[1];
  const page = number === undefined ? undefined : (byNumber.get(number) ?? numbered(number));
  return byName.get(plain) ?? page ?? name;
}

/** The pages whose numbers tell what they are. */
function numbered(number: string): string | undefined {
  if (/^125[0-8]$/.test(number)) return `windows-${number}`;
  const part = /^28(?:59(\d)|60([35]))$/.exec(number);
  if (part) return `iso-8859-${part[1] ?? `1${part[2]}`}`;
  return /^(?:437|720|737|775|8[5-6]\d|869|1125|1129|1133|1161|1163)$/.test(number)
    ? `cp${number}`
    : undefined;
}

function invert(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(table).flatMap(([name, others]) => others.split(' ').map((other) => [other, name])),
  );
}
