using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.People;

internal sealed record OffBoardingRequest(PersonKey Person, OffBoardingSource Source, string Reason)
{
    /// <summary>Tokens issued until then are refused; null = now.</summary>
    public DateTimeOffset? IssuedBefore { get; init; }

    /// <summary>The caller's own changes, in the same transaction.</summary>
    public IReadOnlyList<Statement> Statements { get; init; } = [];

    /// <summary>
    /// What may cause an off-boarding only once, such as a <c>jti</c>; a second one is refused with <see
    /// cref="PeopleErrors.Repeated"/>.
    /// </summary>
    public ReplayKey? Replay { get; init; }
}
