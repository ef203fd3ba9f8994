namespace Culvert.Identity.Service.Doctor;

/// <param name="Label">Its label in the token.</param>
/// <param name="Error">Why it did not sign, or signed as another key; null if the signature was verified.</param>
internal sealed record HsmKeyState(string Label, string AuthorityId, string? Error);
