namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>What the caller says that the subject token is; it must be that.</summary>
internal enum SubjectTokenKind
{
    /// <summary>A JWT of an identity provider.</summary>
    Jwt,

    /// <summary>An identity token of an identity provider (OpenID Connect Core §2).</summary>
    IdToken,

    /// <summary>An access token of this service.</summary>
    OwnAccessToken,
}
