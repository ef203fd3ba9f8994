namespace Culvert.Identity.Service.Admin;

internal sealed record CreateOrganizationRequest
{
    /// <summary>1 to 255 characters; unique among unarchived organizations.</summary>
    public required string Name { get; init; }
}
