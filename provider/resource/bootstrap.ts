/**
 * The code that Pulumi keeps in the state of every resource, twice, and runs on refresh and delete. It only points at this
 * package, so that an old stack is torn down by the version that is installed now. It must stay the same byte for byte for
 * ever: a change would show as a difference on every resource, and leave the old text in outputs.
 */
export const BOOTSTRAP =
  'exports.handler=()=>{try{return require("pulumi-alicloud-live/dynamic").handler()}catch(e){if(e.code!=="MODULE_NOT_FOUND")throw e;e=Error("The package pulumi-alicloud-live cannot be loaded from "+process.cwd()+", so nothing was done; run `npm install` there, then run this again.");e.stack="";throw e}}';
