using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Jobs;

internal static class JobsRegistration
{
    public static IServiceCollection AddJobs(this IServiceCollection services) =>
        services
            .AddSingleton<JobPauseStore>()
            .AddSingleton<JobEndpoints>()
            .AddSingleton<JobScheduler>()
            .AddHostedService(provider => provider.GetRequiredService<JobScheduler>());

    public static void MapJobs(this ApiHost host)
    {
        var jobs = host.Services.GetRequiredService<JobEndpoints>();
        var operate = Access.Scope(Scopes.InstallationOperate);
        host.Get("/v1/jobs", operate, jobs.ListAsync);
        host.Post("/v1/jobs/{job}/run", operate, jobs.RunAsync);
        host.Post("/v1/jobs/{job}/pause", operate, jobs.PauseAsync);
        host.Post("/v1/jobs/{job}/resume", operate, jobs.ResumeAsync);
    }
}
