namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal enum CelFunction
{
    Size,
    StartsWith,
    EndsWith,
    Contains,
}
