namespace Culvert.Identity.Service.Federation;

/// <summary>Why the store refused a change.</summary>
internal enum FederationConflict
{
    NameTaken,

    /// <summary>Another caller changed or archived the record in the meantime.</summary>
    Changed,

    InUse,

    /// <summary>A record that the change refers to was archived in the meantime.</summary>
    ReferenceArchived,
}
