using System.Globalization;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>One row of the table: what was done to the system under load, and what that cost.</summary>
/// <param name="Recovery">From the deed to the end of the first good call, and of the first good exchange, begun after it.</param>
/// <param name="Audited">Grants of the time, each of which has its entry.</param>
internal sealed record DisturbanceRow(
    string Done,
    int Calls,
    int CallsFailed,
    int Exchanges,
    int ExchangesFailed,
    TimeSpan CallRecovery,
    TimeSpan ExchangeRecovery,
    int Audited
)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"ha: {Done}: calls {Calls}, failed {CallsFailed}, first good after {CallRecovery.TotalMilliseconds:0} ms; exchanges {Exchanges}, failed {ExchangesFailed}, first good after {ExchangeRecovery.TotalMilliseconds:0} ms; audit entries {Audited}"
        );
}
