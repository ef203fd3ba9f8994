using Culvert.Benchmarks.Figures;

namespace Culvert.Benchmarks.Issuance;

/// <summary>A measured load, with the processor time that the service took for a thousand certificates.</summary>
internal sealed record IssuanceLoad(LoadResult Result, TimeSpan ProcessorPerThousand);
