namespace Culvert.Identity.Service.Console.Filters;

internal enum SavedFilterConflict
{
    TooMany,
}
