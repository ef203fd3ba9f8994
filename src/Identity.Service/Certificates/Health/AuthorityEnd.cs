namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>When something that signs ends.</summary>
/// <param name="Type"><c>platform_root</c>, <c>platform_issuing</c> or <c>certificate_authority</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">What a person knows it by.</param>
/// <param name="NotAfter">Its last second.</param>
internal sealed record AuthorityEnd(string Type, string Id, string Name, DateTimeOffset NotAfter);
