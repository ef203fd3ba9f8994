using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>What became of a sign-in: the cookie of its session, or why there is none.</summary>
/// <param name="Cookie">Null with a refusal.</param>
/// <param name="Refusal">Null with a cookie.</param>
internal sealed record OpenedSession(ConsoleCookie? Cookie, Refusal? Refusal)
{
    public FirstKeyFate FirstKey { get; init; }

    public static OpenedSession Refused(Refusal refusal) => new(Cookie: null, refusal);
}
