using System.Globalization;
using System.Xml.Linq;

namespace Culvert.Documentation.Tests.Dependencies;

/// <summary>Judges <c>AuditExceptions.props</c>: the weaknesses of packages that do not fail the build.</summary>
internal static class AuditExceptions
{
    /// <summary>After that, a maintainer must check the weakness again.</summary>
    private const int MostDays = 90;

    /// <returns>What is wrong with the list on that day; empty = nothing.</returns>
    public static IReadOnlyList<string> FaultsOf(string xml, DateOnly today) =>
        [
            .. XDocument
                .Parse(xml)
                .Descendants("NuGetAuditSuppress")
                .Select(exception =>
                    (Name: exception.Attribute("Include")?.Value ?? "?", Fault: FaultOf(exception, today))
                )
                .Where(exception => exception.Fault is not null)
                .Select(exception => $"{exception.Name}: {exception.Fault}"),
        ];

    private static string? FaultOf(XElement exception, DateOnly today) =>
        string.IsNullOrWhiteSpace(exception.Attribute("Reason")?.Value) ? "has no Reason"
        : !DateOnly.TryParseExact(
            exception.Attribute("Until")?.Value,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var until
        )
            ? "has no Until of the form 2027-02-01"
        : until < today ? $"ended on {until:yyyy-MM-dd}: take a repaired version, or decide anew"
        : until > today.AddDays(MostDays) ? $"Until is more than {MostDays} days ahead"
        : null;
}
