using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>A request for a platform certificate.</summary>
/// <param name="Csr">Contributes only the key.</param>
/// <param name="Leaf">Without the machine.</param>
internal sealed record MachineRequest(ApiRequest Api, ProvenRequest Csr, LeafRequest Leaf);
