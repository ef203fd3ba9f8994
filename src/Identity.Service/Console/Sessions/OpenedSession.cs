using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console.Sessions;

/// <param name="Cookie">Null with a refusal.</param>
/// <param name="Refusal">Null with a cookie.</param>
internal sealed record OpenedSession(ConsoleCookie? Cookie, Refusal? Refusal)
{
    public FirstKeyFate FirstKey { get; init; }

    /// <summary>
    /// A session of an admin key that names no person is open in the same browser: the person must answer whether they own
    /// the key.
    /// </summary>
    public bool NeedsKeyOwner { get; init; }

    public static OpenedSession Refused(Refusal refusal) => new(Cookie: null, refusal);
}
