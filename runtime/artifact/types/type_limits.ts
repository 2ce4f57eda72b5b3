/** Declaration files read of one package. */
export const MAX_TYPE_FILES = 500;
/** UTF-8 bytes of one declaration file. */
export const MAX_TYPE_FILE_BYTES = 1024 * 1024;
/** UTF-8 bytes of all of them. */
export const MAX_TYPE_BYTES = 4 * 1024 * 1024;
/** Tools of one package whose signatures are read. */
export const MAX_TYPED_TOOLS = 400;
