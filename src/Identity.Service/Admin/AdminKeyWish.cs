using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>A requested key.</summary>
internal sealed record AdminKeyWish
{
    public static readonly TimeSpan DefaultLife = TimeSpan.FromDays(90);
    public static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    public required string OrganizationId { get; init; }

    /// <summary>Whose key it is. On the host it also says which person that is (S16).</summary>
    public required string Name { get; init; }

    public required AdminRole Role { get; init; }

    public required TimeSpan Life { get; init; }

    /// <summary>The person that it counts as: the id of the key at the start of the chain; null = one of its own.</summary>
    public required string? CreatedBy { get; init; }

    /// <summary>The person it names; set on the host alone, where access to the files is the proof (S34).</summary>
    public KeyOwner? Owner { get; init; }
}
