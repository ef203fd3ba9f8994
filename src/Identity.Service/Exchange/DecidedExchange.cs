using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;

namespace Culvert.Identity.Service.Exchange;

/// <summary>The result of the checks of an exchange: a grant that is not recorded yet, or its end.</summary>
/// <param name="Context">With a grant: what the checks found.</param>
/// <param name="Grant">Null = the exchange has ended.</param>
/// <param name="Ended">Without a grant: the recorded denial, or the obstacle.</param>
internal readonly record struct DecidedExchange(AssertionContext? Context, Grant? Grant, TokenExchangeResult Ended)
{
    public static implicit operator DecidedExchange(TokenExchangeResult ended) => new(null, null, ended);
}
