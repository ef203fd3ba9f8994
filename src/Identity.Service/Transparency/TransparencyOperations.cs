using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Transparency.Checkpoints;

namespace Culvert.Identity.Service.Transparency;

internal static class TransparencyOperations
{
    public static readonly Operation Get = Operation
        .Get("get_transparency_log", "/v1/transparency", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "Get the transparency log",
            "The log's origin and the public key that signs its tree heads, as a verifier is configured with them. "
                + "Keep the key outside the service."
        )
        .Returns<TransparencyLogDocument>();

    public static readonly Operation GetCheckpoint = Operation
        .Get("get_transparency_checkpoint", "/v1/transparency/checkpoint", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "Get the newest tree head",
            "The signed tree head in the format of c2sp.org/tlog-checkpoint, with the cosignatures of witnesses. With "
                + "`witnesses`, the newest one that at least so many witnesses cosigned."
        )
        .WithQuery("witnesses")
        .Returns<string>("text/plain");

    public static readonly Operation GetEntries = Operation
        .Get(
            "get_transparency_entries",
            "/v1/transparency/tile/entries/{**number}",
            Access.OrganizationAdmin,
            RoleSet.Auditing
        )
        .Describe(
            "Get a bundle of entries",
            "Entries of the log, in the format and with the paths of c2sp.org/tlog-tiles. An entry is a digest: it "
                + "discloses nothing of what was recorded."
        )
        .Returns<string>("application/octet-stream");

    public static readonly Operation GetTile = Operation
        .Get(
            "get_transparency_tile",
            "/v1/transparency/tile/{level}/{**number}",
            Access.OrganizationAdmin,
            RoleSet.Auditing
        )
        .Describe(
            "Get a tile of the tree",
            "Hashes of one level of the tree, in the format and with the paths of c2sp.org/tlog-tiles."
        )
        .Returns<string>("application/octet-stream");

    public static readonly Operation ProveInclusion = Operation
        .Get("get_inclusion_proof", "/v1/transparency/proof/inclusion", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "Get the proof that an entry is in the log",
            "The hashes from an entry to the root of the tree. The entry is named by its index or by its digest."
        )
        .WithQuery("entry", "index", "size")
        .Returns<InclusionProofDocument>();

    public static readonly Operation ProveConsistency = Operation
        .Get("get_consistency_proof", "/v1/transparency/proof/consistency", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "Get the proof that the log only grew",
            "The hashes that prove that the tree of one size begins with the whole tree of a smaller size."
        )
        .WithQuery("from", "to")
        .Returns<ConsistencyProofDocument>();

    public static readonly Operation ListAgentCheckpoints = Operation
        .Get("list_agent_checkpoints", "/v1/transparency/agent_checkpoints", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "List checkpoints of agents",
            "What the agents of a tunnel signed about their records of calls, newest first, with the index of each in "
                + "the log."
        )
        .Paged("instance_id", "tunnel_id")
        .Returns<Page<AgentCheckpointDocument>>();
}
