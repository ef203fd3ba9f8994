namespace Culvert.Identity.Service.Tests.Storage;

internal enum ThingConflict
{
    Exists,
    Stale,
}
