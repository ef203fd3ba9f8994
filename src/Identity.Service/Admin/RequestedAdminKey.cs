using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal sealed record RequestedAdminKey
{
    public static readonly TimeSpan DefaultLife = TimeSpan.FromDays(90);
    public static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    public required string OrganizationId { get; init; }

    /// <summary>The owner's name. On the host it also identifies the person (S16).</summary>
    public required string Name { get; init; }

    public required AdminRole Role { get; init; }

    public required TimeSpan Life { get; init; }

    /// <summary>
    /// The key whose person it counts as: its creator, or on the host the same person's first key; null = a new person.
    /// </summary>
    public required string? CreatedBy { get; init; }

    /// <summary>The person that the key names; set only on the host, where access to the files is the proof (S34).</summary>
    public KeyOwner? Owner { get; init; }
}
