using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;

namespace Culvert.Identity.Service.Exchange;

/// <summary>The result of the checks of an exchange: either a grant that is not recorded yet, or the final result.</summary>
/// <param name="Context">What the checks found; set with a grant.</param>
/// <param name="Grant">Null if the exchange has ended.</param>
/// <param name="Ended">Without a grant: the recorded denial, or the temporary obstacle.</param>
internal readonly record struct DecidedExchange(AssertionContext? Context, Grant? Grant, TokenExchangeResult Ended)
{
    public static implicit operator DecidedExchange(TokenExchangeResult ended) => new(null, null, ended);
}
