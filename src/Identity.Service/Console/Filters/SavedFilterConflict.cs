namespace Culvert.Identity.Service.Console.Filters;

internal enum SavedFilterConflict
{
    /// <summary>The person has the maximum number of filters for this page.</summary>
    TooMany,
}
