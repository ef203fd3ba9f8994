namespace Culvert.Identity.Service.Scim;

/// <param name="SubjectAttribute">
/// The attribute of a user that is the subject of the issuer's tokens: <c>external_id</c> or <c>user_name</c>.
/// </param>
internal sealed record UpdateScimSettingsRequest(string SubjectAttribute);
