namespace Culvert.Identity.Service.Certificates.Health;

/// <param name="Type"><c>platform_root</c>, <c>platform_issuing</c> or <c>certificate_authority</c>.</param>
internal sealed record AuthorityEnd(string Type, string Id, string Name, DateTimeOffset NotAfter);
