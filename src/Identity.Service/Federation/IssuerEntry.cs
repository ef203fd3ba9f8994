using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Federation;

internal sealed record IssuerEntry(Issuer Issuer, IssuerKeys Keys);
