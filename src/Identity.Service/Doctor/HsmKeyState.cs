namespace Culvert.Identity.Service.Doctor;

/// <summary>What an HSM made of one key.</summary>
/// <param name="Label">Its label in the token.</param>
/// <param name="AuthorityId">Whose key it is.</param>
/// <param name="Error">Why it did not sign, or signed as another key; null when it signed and the signature verified.</param>
internal sealed record HsmKeyState(string Label, string AuthorityId, string? Error);
