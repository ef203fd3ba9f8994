using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Checkpoints;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class TransparencyOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "GET /v1/transparency",
                "get_transparency_log",
                "Get the transparency log",
                "The log's origin and the public key that signs its tree heads, as a verifier is configured with them. "
                    + "Keep the key outside the service."
            )
            .Answers<TransparencyLogDocument>();
        table
            .Add(
                "GET /v1/transparency/checkpoint",
                "get_transparency_checkpoint",
                "Get the newest tree head",
                "The signed tree head in the format of c2sp.org/tlog-checkpoint, with the cosignatures of witnesses. With "
                    + "`witnesses`, the newest one that at least so many witnesses cosigned."
            )
            .Query("witnesses")
            .Answers<string>("text/plain");
        table
            .Add(
                "GET /v1/transparency/tile/{level}/{number}",
                "get_transparency_tile",
                "Get a tile of the tree",
                "Hashes of one level of the tree, in the format and with the paths of c2sp.org/tlog-tiles."
            )
            .Answers<string>("application/octet-stream");
        table
            .Add(
                "GET /v1/transparency/tile/entries/{number}",
                "get_transparency_entries",
                "Get a bundle of entries",
                "Entries of the log, in the format and with the paths of c2sp.org/tlog-tiles. An entry is a digest: it "
                    + "discloses nothing of what was recorded."
            )
            .Answers<string>("application/octet-stream");
        table
            .Add(
                "GET /v1/transparency/proof/inclusion",
                "get_inclusion_proof",
                "Get the proof that an entry is in the log",
                "The hashes from an entry to the root of the tree. The entry is named by its index or by its digest."
            )
            .Query("entry", "index", "size")
            .Answers<InclusionProofDocument>();
        table
            .Add(
                "GET /v1/transparency/proof/consistency",
                "get_consistency_proof",
                "Get the proof that the log only grew",
                "The hashes that prove that the tree of one size begins with the whole tree of a smaller size."
            )
            .Query("from", "to")
            .Answers<ConsistencyProofDocument>();
        table
            .Add(
                "GET /v1/transparency/agent_checkpoints",
                "list_agent_checkpoints",
                "List checkpoints of agents",
                "What the agents of a tunnel signed about their records of calls, newest first, with the index of each in "
                    + "the log."
            )
            .Paged("instance_id", "tunnel_id")
            .Answers<Page<AgentCheckpointDocument>>();
    }
}
