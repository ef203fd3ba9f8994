using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A root's name and key, certified by the previous root.</summary>
internal sealed record PlatformLink(string SubjectId, string IssuerId, ParsedCertificate Certificate);
