using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// A root's name and key, certified by the previous root: leads from the root that a machine pinned to the active one.
/// </summary>
internal sealed record PlatformLink(string SubjectId, string IssuerId, ParsedCertificate Certificate);
