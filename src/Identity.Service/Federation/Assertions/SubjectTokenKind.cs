namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The type of the subject token that the request declares; the token must have it.</summary>
internal enum SubjectTokenKind
{
    Jwt,

    /// <summary>OpenID Connect Core §2.</summary>
    IdToken,

    OwnAccessToken,
}
