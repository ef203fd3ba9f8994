namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelNull
{
    public static readonly CelNull Instance = new();

    private CelNull() { }
}
