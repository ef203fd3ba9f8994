namespace Culvert.Identity.Service.Admin;

/// <param name="Id">A lower-case UUID.</param>
internal sealed record Organization(string Id, string Name, DateTimeOffset CreatedAt);
