namespace Culvert.Ca.Refusals;

/// <summary>An expected "no" of the certificate core.</summary>
/// <param name="Code">The reason, from the closed catalogue <see cref="CaErrorCodes"/>.</param>
/// <param name="Message">Safe to show to the caller: it never repeats key material or other input verbatim
/// beyond names that the caller requested.</param>
public sealed record CaRefusal(CaErrorCode Code, string Message);
