namespace Culvert.Identity.Service.Admin;

/// <param name="Name">1 to 255 characters; unique among unarchived organizations.</param>
internal sealed record CreateOrganizationRequest(string Name);
