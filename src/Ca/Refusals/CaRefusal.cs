namespace Culvert.Ca.Refusals;

/// <summary>An expected refusal of the certificate core.</summary>
/// <param name="Code">A code of <see cref="CaErrorCodes"/>.</param>
/// <param name="Message">Safe to show to the caller: it repeats no key material, and of the input only names that the caller
/// requested.</param>
public sealed record CaRefusal(CaErrorCode Code, string Message);
