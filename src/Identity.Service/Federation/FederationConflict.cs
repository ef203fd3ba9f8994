namespace Culvert.Identity.Service.Federation;

/// <summary>What a change met in the store that its author did not expect.</summary>
internal enum FederationConflict
{
    /// <summary>An unarchived record of the same kind and organization has that name.</summary>
    NameTaken,

    /// <summary>Another caller changed or archived the record in between.</summary>
    Changed,

    /// <summary>A live rule refers to the record.</summary>
    InUse,

    /// <summary>A record that the change refers to was archived in between.</summary>
    ReferenceArchived,
}
