namespace Culvert.Identity.Service.Federation;

/// <summary>Why the store refused a change.</summary>
internal enum FederationConflict
{
    /// <summary>An unarchived record of the same kind and organization has that name.</summary>
    NameTaken,

    /// <summary>Another caller changed or archived the record in the meantime.</summary>
    Changed,

    /// <summary>A live rule refers to the record.</summary>
    InUse,

    /// <summary>A record that the change refers to was archived in the meantime.</summary>
    ReferenceArchived,
}
