using Culvert.Identity.Service.Federation.Rules.Cel;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>The constraints of a rule's expression on single claims, and which other claims it reads.</summary>
internal static class ExpressionPins
{
    public static IEnumerable<Pin> Find(CelProgram program)
    {
        var pins = CelPins.Find(program);
        foreach (var matcher in pins)
        {
            yield return Pin.From(matcher);
        }

        foreach (var path in program.Reads.Claims)
        {
            if (!pins.Any(pin => pin.Path.Pointer == path.Pointer))
            {
                yield return new Pin(path, PinKind.Expression, []);
            }
        }
    }
}
