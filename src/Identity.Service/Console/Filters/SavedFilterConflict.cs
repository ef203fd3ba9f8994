namespace Culvert.Identity.Service.Console.Filters;

/// <summary>Why a filter was not kept.</summary>
internal enum SavedFilterConflict
{
    /// <summary>The person keeps as many of this page as are allowed.</summary>
    TooMany,
}
