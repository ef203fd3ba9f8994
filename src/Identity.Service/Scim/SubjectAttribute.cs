namespace Culvert.Identity.Service.Scim;

/// <summary>The attribute of a user that is the subject of the issuer's tokens.</summary>
internal enum SubjectAttribute
{
    ExternalId,

    UserName,
}
