using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A root's name and key, certified by the root before it: the way from what a machine pinned to what signs now.</summary>
internal sealed record PlatformLink(string SubjectId, string IssuerId, ParsedCertificate Certificate);
