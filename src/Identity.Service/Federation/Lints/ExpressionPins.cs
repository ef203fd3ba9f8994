using Culvert.Identity.Service.Federation.Rules.Cel;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>The constraints of a rule's expression on single claims, and which other claims it reads.</summary>
internal static class ExpressionPins
{
    /// <summary>What the rule's expression reads; null if there is none.</summary>
    public static CelReads? FindReads(string? condition) =>
        condition is not null && CelProgram.TryCompile(condition, out var program, out _)
            ? CelReads.Find(program)
            : null;

    public static IEnumerable<Pin> Find(string? condition)
    {
        if (condition is null || !CelProgram.TryCompile(condition, out var program, out _))
        {
            yield break;
        }

        var pins = CelPins.Find(program);
        foreach (var matcher in pins)
        {
            yield return Pin.From(matcher);
        }

        foreach (var path in CelReads.Find(program).Claims)
        {
            if (!pins.Any(pin => pin.Path.Pointer == path.Pointer))
            {
                yield return new Pin(path, PinKind.Expression, []);
            }
        }
    }
}
