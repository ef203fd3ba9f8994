using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>What answer rules did to the answers of an item's calls. Numbers only, never values.</summary>
/// <param name="Judged">The calls whose answers were judged, under an enforced policy.</param>
/// <param name="RowsCrossed">The records that callers got.</param>
/// <param name="RowsKeptInside">The records that did not cross.</param>
/// <param name="ValuesRemoved">Other values that did not cross; an object counts once.</param>
/// <param name="Withheld">The answers of which nothing crossed: unfit ones, and errors of the server.</param>
/// <param name="Unfit">Those of them that could not be judged.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportAnswers(
    long Judged,
    long RowsCrossed,
    long RowsKeptInside,
    long ValuesRemoved,
    long Withheld,
    long Unfit
);
