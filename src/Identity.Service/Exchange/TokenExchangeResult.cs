using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Exchange;

internal readonly record struct TokenExchangeResult
{
    public required TokenExchangeOutcome Outcome { get; init; }

    /// <summary>Set if granted.</summary>
    public Grant? Grant { get; init; }

    /// <summary>If granted: the access token, ASCII. The code that sends the answer returns the memory.</summary>
    public RentedBytes Token { get; init; }

    /// <summary>If denied: the reason, for the record and partly for the caller; null if no rule has the id.</summary>
    public Denial? Denial { get; init; }

    /// <summary>If denied: what the checks had found until then.</summary>
    public AssertionContext? Context { get; init; }

    /// <summary>If unavailable: the answer.</summary>
    public Refusal? Unavailable { get; init; }

    public static TokenExchangeResult UnknownRule { get; } = new() { Outcome = TokenExchangeOutcome.Denied };

    public static TokenExchangeResult Denied(AssertionContext context, Denial denial) =>
        new()
        {
            Outcome = TokenExchangeOutcome.Denied,
            Context = context,
            Denial = denial,
        };

    public static TokenExchangeResult Granted(Grant grant, RentedBytes token) =>
        new()
        {
            Outcome = TokenExchangeOutcome.Granted,
            Grant = grant,
            Token = token,
        };

    public static TokenExchangeResult Refused(Refusal refusal) =>
        new() { Outcome = TokenExchangeOutcome.Unavailable, Unavailable = refusal };
}
