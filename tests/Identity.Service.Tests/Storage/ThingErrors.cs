using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tests.Storage;

internal static class ThingErrors
{
    public static readonly ErrorCode Exists = new("thing.exists", 409, "The thing exists.", "", "");

    public static readonly ErrorCode Missing = new("thing.missing", 400, "The thing is missing.", "", "");
}
